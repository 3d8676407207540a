/**
 * Verbs that stand on the public methods of {@link dev.pel.EventLoop}: streams of work, and what else is made of calls and handles.
 *
 * <p>What does not say {@code @Nullable} is never null: given null, methods throw {@code NullPointerException} at once.
 */
@NullMarked
package dev.pel.flow;

import org.jspecify.annotations.NullMarked;
