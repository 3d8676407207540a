/**
 * What stands on the verbs of a loop, and on nothing else of it: connections, things that are not thread-safe, queues, topics, streams of work and
 * forks. Made by the methods of {@link dev.pel.EventLoop}.
 *
 * <p>What does not say {@code @Nullable} is never null: given null, methods throw {@code NullPointerException} at once.
 */
@NullMarked
package dev.pel.flow;

import org.jspecify.annotations.NullMarked;
