/** A little application that uses pel. */
@NullMarked
package dev.pel.demo;

import org.jspecify.annotations.NullMarked;
