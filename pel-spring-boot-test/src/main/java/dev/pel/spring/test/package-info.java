/** The application's loop on virtual time, in Spring tests. Begin with {@link dev.pel.spring.test.AutoConfigurePelSimulation}. */
@NullMarked
package dev.pel.spring.test;

import org.jspecify.annotations.NullMarked;
