/**
 * Tests of code that runs on a loop: the very same engine, on virtual time, and one thread at a time, in an order that a seed
 * chooses.
 *
 * <pre>{@literal
 *   your test              the simulation's one token              threads of the loop
 *   (any thread)          +---------------------------+           +--------------------+
 *        |  ------------> | which runs next? (seed)   | --------> | active, passive,   |
 *        |  runUntilIdle  | nobody can: the clock     |           | work, watch: real  |
 *        |  advance       | jumps to the next deadline| <-------- | threads, of which  |
 *        v  join          +---------------------------+   park,   | one runs           |
 *                                                        unpark,  +--------------------+
 *                                                        the time
 * }</pre>
 *
 * Begin with {@link dev.pel.test.PelSimulation}. Inside: {@code SimulatedMachine} is the engine's door, {@code Scheduler} passes
 * the token and holds the clock, a {@code Strand} is a thread as the scheduler sees it, {@code SimulatedThread} is the real one.
 */
@NullMarked
package dev.pel.test;

import org.jspecify.annotations.NullMarked;
