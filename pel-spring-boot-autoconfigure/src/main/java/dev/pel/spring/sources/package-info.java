/** Sources of messages, such as {@code @KafkaListener} methods, that are paused while a lane of the loop is under pressure. */
@NullMarked
package dev.pel.spring.sources;

import org.jspecify.annotations.NullMarked;
