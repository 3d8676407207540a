package dev.pel.benchmarks;

import java.util.List;

/**
 * A JMH benchmark with all its parameters but the peer.
 *
 * @param id names it in results
 * @param benchmark class and method
 * @param options JMH's command-line options, split at spaces, for what differs from the benchmark's first choice
 * @param peers the names of the peers that are measured beside each other
 */
record Scenario(String id, String benchmark, String options, List<String> peers) {}
