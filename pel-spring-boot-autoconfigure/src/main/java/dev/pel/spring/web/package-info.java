/** Handles and refusals in Spring MVC and WebFlux: abandoned requests cancel their calls, and what pel did not do is answered as such. */
@NullMarked
package dev.pel.spring.web;

import org.jspecify.annotations.NullMarked;
