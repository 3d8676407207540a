/** pel in a Spring Boot application. */
@NullMarked
package dev.pel.spring;

import org.jspecify.annotations.NullMarked;
