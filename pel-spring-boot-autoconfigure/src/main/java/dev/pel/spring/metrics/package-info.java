/** The loop in Micrometer. */
@NullMarked
package dev.pel.spring.metrics;

import org.jspecify.annotations.NullMarked;
