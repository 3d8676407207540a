/** The engine. */
@NullMarked
package dev.pel;

import org.jspecify.annotations.NullMarked;
