package dev.pel.benchmarks;

/**
 * What a scenario asks of a peer; the same for all of them.
 *
 * @param threads how many operations run at once
 * @param inFlight how many calls, or posted tasks, are there at once at most: peers with bounds are given room for them
 */
record Load(int threads, int inFlight) {}
