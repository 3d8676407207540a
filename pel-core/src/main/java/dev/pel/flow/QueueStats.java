package dev.pel.flow;

/**
 * The figures of a {@link LoopQueue}. At rest, {@code pushed} is {@code waiting} and {@code taken} together.
 *
 * @param capacity how many items may wait
 * @param waiting how many wait
 * @param pushed how many were accepted
 * @param refused how many were not: the queue was full or closed, or the loop did not run
 * @param taken how many were taken, by a {@code pop} or the consumer
 * @param failed how many of those the consumer has failed with
 */
public record QueueStats(int capacity, int waiting, long pushed, long refused, long taken, long failed) {}
