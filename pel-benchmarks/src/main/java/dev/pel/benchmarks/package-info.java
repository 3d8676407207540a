/**
 * pel measured beside what a user would pick instead, at the same job, on the same machine, in the same run.
 *
 * <p>A scenario is a JMH benchmark, written once, against {@link dev.pel.benchmarks.Peer}; a peer is a small class that does
 * what its own documentation recommends. {@link dev.pel.benchmarks.Benchmarks} is the command line.
 */
@NullMarked
package dev.pel.benchmarks;

import org.jspecify.annotations.NullMarked;
