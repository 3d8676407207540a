/** The loop in the actuator: endpoint and health. */
@NullMarked
package dev.pel.spring.actuate;

import org.jspecify.annotations.NullMarked;
