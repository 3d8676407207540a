/** Bugs that are planted into the engine, one at a time, to see whether its tests find them. */
@NullMarked
package dev.pel.mutants;

import org.jspecify.annotations.NullMarked;
