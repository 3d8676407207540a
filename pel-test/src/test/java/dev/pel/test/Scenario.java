package dev.pel.test;

import dev.pel.LaneOptions;
import dev.pel.LoopState;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** What is done to the engine under one seed. */
enum Scenario {
    /** Nothing goes wrong and nothing takes time, so everything succeeds, and virtual time stands still. */
    CALLS {
        @Override
        void play(World world) {
            world.sleeps = false;
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            for (Entry entry : world.entries) {
                if (!entry.mayBeCut && entry.outcome() != Outcome.SUCCEEDED) {
                    world.alarm("did not succeed: " + entry);
                }
            }
            world.finish();
        }
    },

    /** No wake-up is lost: whoever waits for a call that takes no time gets it before the clock moves. */
    PROMPT {
        @Override
        void play(World world) {
            world.sleeps = false;
            world.makeLoop(options -> options.withSettle(Duration.ZERO));
            world.start();
            for (int i = 0; i < 4; i++) {
                world.simulation.fork("client-" + i, () -> {
                    for (int call = 0; call < 2; call++) {
                        Duration since = world.simulation.elapsed();
                        World.await(world.next(Integer.MAX_VALUE, true).handle);
                        // a worker that spins, or one that keeps the right to search, takes some time
                        if (world.simulation.elapsed().minus(since).compareTo(Duration.ofMillis(3)) > 0) {
                            world.alarm("a wake-up was lost");
                        }
                    }
                });
            }
            world.simulation.runUntilIdle();
            world.finish();
        }
    },

    /** Lanes with hardly a place. */
    FULL {
        @Override
        void play(World world) {
            few(world);
            world.start();
            clients(world, 6, world::submitAny);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.finish();
        }
    },

    /** Cancelled, completed from outside, timed out. */
    CUT {
        @Override
        void play(World world) {
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.fork("meddler", 4, world::meddle);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.finish();
        }
    },

    /** Timers, in order, not early, and not after they were cancelled. */
    TIMERS {
        @Override
        void play(World world) {
            world.nests = false;
            world.makeLoop(UnaryOperator.identity());
            world.start();
            for (int client = 0; client < 2; client++) {
                world.simulation.fork("client-" + client, () -> Timing.play(world));
            }
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.finish();
        }
    },

    /** A stop with all the time in the world: whatever was accepted ends by itself. */
    DRAIN {
        @Override
        void play(World world) {
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.simulation.fork("stopper", () -> {
                world.simulation.sleep(world.millis(3));
                world.stop(World.LONG, false);
            });
            world.simulation.runUntilIdle();
            for (Entry entry : world.entries) {
                // a dependent that is attached too late is refused
                if (!entry.isChain && !entry.endsAtOnce && entry.outcome() == Outcome.STOPPED) {
                    world.alarm("was cut off: " + entry);
                }
            }
            world.checkAfterwards();
        }
    },

    /** A stop without time. */
    FORCE {
        @Override
        void play(World world) {
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.simulation.fork("stopper", () -> {
                world.simulation.sleep(world.millis(2));
                world.stop(world.millis(2), world.random.nextBoolean());
            });
            world.simulation.fork("other stopper", () -> world.stop(world.millis(4), world.random.nextBoolean()));
            world.simulation.runUntilIdle();
            world.checkAfterwards();
        }
    },

    /** Starts and stops that race with each other and with calls. */
    RESTARTS {
        @Override
        void play(World world) {
            world.makeLoop(UnaryOperator.identity());
            clients(world, 4, world::submitAny);
            world.fork("starter", 4, world::tryToStart);
            world.fork("stopper", 3, () -> world.stop(world.millis(2), world.random.nextBoolean()));
            world.simulation.runUntilIdle();
            world.start();
            World.await(world.next(Integer.MAX_VALUE, true).handle);
            world.finish();
        }
    },

    /** Lanes that grow and shrink under load. */
    RESIZES {
        @Override
        void play(World world) {
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.fork("resizer", 4, world::resize);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.finish();
        }
    },

    /** A passive lane whose threads come, go, and are replaced: each call ends, and there are never more threads than there may be. */
    ELASTIC {
        @Override
        void play(World world) {
            Elastic elastic = new Elastic(world);
            world.nests = world.random.nextBoolean();
            world.makeLoop(elastic::options);
            world.start();
            clients(world, 8, elastic::submitAny);
            world.fork("resizer", world.random(3), elastic::resize);
            world.fork("auditor", 8, elastic::audit);
            if (world.random(3) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(8));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            elastic.checkIdle();
            world.finish();
        }
    },

    /** Operations and bodies that throw: each failure is handled once. */
    FAILURES {
        @Override
        void play(World world) {
            world.failures = 0.3;
            world.nests = false;
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, () -> world.next(0, true));
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            long failed = world.entries.stream()
                    .filter(entry -> entry.outcome() == Outcome.FAILED)
                    .count();
            if (failed != world.handled.size()) {
                world.alarm("%d calls failed, and %d failures were handled".formatted(failed, world.handled.size()));
            }
            world.finish();
        }
    },

    /** The system gives no more threads, at a start, at a growth, in place of one that waits. */
    POOR {
        @Override
        Faults faults() {
            return Faults.defaults().withThreadStartFailures(0.1);
        }

        @Override
        void play(World world) {
            world.poor = true;
            Elastic elastic = new Elastic(world);
            boolean isElastic = world.random.nextBoolean();
            world.makeLoop(isElastic ? elastic::options : UnaryOperator.identity());
            world.start();
            clients(world, 4, world::submitAny);
            world.fork("resizer", 2, isElastic ? elastic::resize : world::resize);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.finish();
        }
    },

    /** More is attached than the active lane has places, while bodies take their time: all is told, on the active thread. */
    ATTACHED {
        @Override
        void play(World world) {
            world.bodyMillis = 3;
            world.attached.onlyActive = true;
            few(world);
            world.start();
            clients(world, 6, world::submitAny);
            world.fork("attacher", 8, world.attached::toAny);
            world.fork("other attacher", 4, world.attached::toAny);
            world.fork("auditor", 4, world::checkBooks);
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            world.attached.check();
            world.finish();
        }
    },

    /** Attached before the first start, after a stop, beside starts and stops, and to what was refused: all is told. */
    LATE {
        @Override
        void play(World world) {
            world.bodyMillis = world.random(2) * 3;
            world.bodiesStick = world.random(4) == 0;
            world.makeLoop(UnaryOperator.identity());
            clients(world, 4, world::submitAny);
            world.fork("attacher", 6, world.attached::toAny);
            world.fork("other attacher", 6, world.attached::toAny);
            world.fork("starter", 3, world::tryToStart);
            world.fork("stopper", 3, () -> world.stop(world.millis(2), world.random.nextBoolean()));
            world.simulation.runUntilIdle();
            world.finish();
            world.fork("late attacher", 4, world.attached::toAny);
            world.fork("latest attacher", 4, world.attached::toAny);
            world.simulation.runUntilIdle();
            world.checkAfterwards();
        }
    },

    /** Calls, timers, commands and what is attached wait for the first start, or are ended by a stop before it. */
    EARLY {
        @Override
        void play(World world) {
            Early early = new Early(world);
            boolean hasRoom = world.random.nextBoolean();
            if (hasRoom) {
                world.makeLoop(UnaryOperator.identity());
            } else {
                few(world);
            }
            clients(world, 6, early::submit);
            switch (world.random(3)) {
                case 0 -> start(world, early, hasRoom);
                case 1 -> end(world, early, hasRoom);
                default -> {
                    world.fork("starter", 1, world::tryToStart);
                    world.fork(
                            "stopper", world.random(2), () -> world.stop(world.millis(2), world.random.nextBoolean()));
                    world.simulation.runUntilIdle();
                }
            }
            if (world.loop.state() == LoopState.NEW) {
                world.loop.close();
            }
            world.finish();
            early.check();
            world.checkAfterwards();
        }

        private void start(World world, Early early, boolean hasRoom) {
            world.simulation.runUntilIdle();
            early.checkWaiting(hasRoom);
            world.start();
            world.simulation.runUntilIdle();
            world.simulation.assertQuiescent();
            early.checkRan(hasRoom);
        }

        private void end(World world, Early early, boolean hasRoom) {
            world.simulation.runUntilIdle();
            early.checkWaiting(hasRoom);
            if (world.random.nextBoolean()) {
                world.loop.close();
            } else {
                world.stop(World.LONG, world.random.nextBoolean());
            }
            world.simulation.runUntilIdle();
            early.checkNeverRan();
        }
    },

    /** Many calls that a timeout or a stop ends while code of others is attached, some of which blocks: few threads are enough. */
    FOREIGN {
        @Override
        void play(World world) {
            world.foreign.blocks = world.random.nextBoolean();
            world.bodyMillis = world.random(2) * 20;
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 12, () -> {
                world.timed(Integer.MAX_VALUE);
                world.foreign.aroundAny();
                world.attached.toAny();
            });
            if (world.random.nextBoolean()) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(6));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            world.foreign.checkThreads();
            world.finish();
        }
    },

    /** Dependents wait for what never comes, or comes late: what has ended holds up no stop, and a stop ends the others. */
    OUTSIDE {
        @Override
        void play(World world) {
            Outside outside = new Outside(world);
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, outside::waitForOthers);
            world.fork("others", 4, outside::come);
            world.simulation.runUntilIdle();
            outside.stop();
            world.fork("others", 4, outside::come);
            world.simulation.runUntilIdle();
            world.checkAfterwards();
        }
    },

    /** Keys, limits, retries and priorities, while calls are cut: each turn and each permit comes back. */
    HELD {
        @Override
        void play(World world) {
            Held held = new Held(world);
            held.retries = world.random.nextBoolean();
            world.failures = held.retries ? 0.3 : 0;
            world.makeLoop(held::options);
            world.start();
            clients(world, 8, held::submitAny);
            world.fork("meddler", 4, world::meddle);
            if (world.random(4) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            held.check();
            world.finish();
            held.check();
        }
    },

    /** The same and a stop with all the time in the world: what waits for a turn, a permit, or its next attempt ends by itself. */
    HELD_DRAIN {
        @Override
        void play(World world) {
            Held held = new Held(world);
            held.retries = world.random.nextBoolean();
            world.failures = held.retries ? 0.3 : 0;
            world.makeLoop(held::options);
            world.start();
            clients(world, 8, held::submitAny);
            world.simulation.fork("stopper", () -> {
                world.simulation.sleep(world.millis(3));
                world.stop(World.LONG, false);
            });
            world.simulation.runUntilIdle();
            for (Entry entry : world.entries) {
                // what an operation submits to a loop that has stopped meanwhile is refused
                if (!entry.isChain && !entry.endsAtOnce && entry.outcome() == Outcome.STOPPED) {
                    world.alarm("was cut off: " + entry);
                }
            }
            held.check();
            world.checkAfterwards();
        }
    },

    /** What stands on the verbs: connections, owned devices, a queue and a topic, which are cut, closed and stopped. */
    FLOW {
        @Override
        void play(World world) {
            world.failures = 0.1;
            world.makeLoop(options -> options.withKeyCapacity(1 + world.random(16)));
            Connections connections = new Connections(world);
            Devices devices = new Devices(world);
            Mailbox mailbox = new Mailbox(world);
            News news = new News(world);
            world.start();
            clients(world, 8, connections::submitAny);
            clients(world, 8, devices::submitAny);
            clients(world, 12, mailbox::any);
            clients(world, 12, news::any);
            world.fork("canceller", 3, mailbox::endAny);
            world.fork("ender", 6, connections::endAny);
            world.fork("meddler", 2, world::resize);
            if (world.random(3) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            world.finish();
            connections.check();
            devices.check();
            mailbox.check();
            news.check();
            world.checkAfterwards();
        }
    },

    /** Periodic timers with all rules for missed ticks, of bodies and of calls, that fail now and then. */
    TICKS {
        @Override
        void play(World world) {
            Ticks ticks = new Ticks(world);
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 2, ticks::set);
            clients(world, 2, world::submitAny);
            world.fork("ender", 2, ticks::cancelAny);
            world.simulation.advance(world.millis(30));
            if (world.random.nextBoolean()) {
                ticks.cancelAll();
            } else {
                world.stop(world.random.nextBoolean() ? World.LONG : world.millis(3), world.random(4) == 0);
            }
            world.simulation.runUntilIdle();
            world.finish();
            ticks.check();
            world.checkAfterwards();
        }
    },

    /** Long computations in slices, bodies inside bodies, and bodies for idle times. */
    SLICES {
        @Override
        void play(World world) {
            Slices slices = new Slices(world);
            world.makeLoop(options -> options.withTurnBudget(world.millis(2)));
            world.start();
            clients(world, 4, slices::any);
            clients(world, 4, world::submitAny);
            world.fork("ender", 2, slices::cancelAny);
            if (world.random(3) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            world.finish();
            slices.check();
            world.checkAfterwards();
        }
    },

    /** Scripts, joins, promises and operations at the stop, while bodies have their turns and scripts are ended. */
    SCRIPTS {
        @Override
        void play(World world) {
            Scripted scripted = new Scripted(world);
            world.makeLoop(UnaryOperator.identity());
            world.start();
            clients(world, 4, scripted::any);
            clients(world, 4, world::submitAny);
            world.fork("ender", 6, scripted::endAny);
            if (world.random(3) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.advance(world.millis(20));
            scripted.endPromises();
            world.simulation.runUntilIdle();
            world.finish();
            scripted.check();
            world.checkAfterwards();
        }
    },

    /** Streams of work over items from everywhere, with more and fewer places, while they are ended. */
    STREAMS {
        @Override
        void play(World world) {
            Streamed streamed = new Streamed(world);
            world.makeLoop(options -> world.random(3) == 0
                    ? options.withPassive(lane -> lane.withCapacity(1 + world.random(4)))
                            .withTurnBudget(world.millis(2))
                    : options);
            world.start();
            clients(world, 4, streamed::any);
            clients(world, 2, world::submitAny);
            world.fork("meddler", 5, streamed::meddle);
            if (world.random(3) == 0) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            world.finish();
            streamed.check();
            world.checkAfterwards();
        }
    },

    /** Timers are set and cancelled from outside while the active thread is busy, and maybe stops. */
    PILES {
        @Override
        void play(World world) {
            world.nests = false;
            world.makeLoop(options -> options.withTimerCapacity(1 + world.random(4)));
            world.start();
            Piles.play(world);
            if (world.random.nextBoolean()) {
                world.simulation.fork("stopper", () -> {
                    world.simulation.sleep(world.millis(4));
                    world.stop(world.millis(4), world.random.nextBoolean());
                });
            }
            world.simulation.runUntilIdle();
            world.finish();
        }
    },

    /** All at once, and interrupts from anywhere. */
    CHAOS {
        @Override
        Faults faults() {
            return Faults.defaults().withThreadStartFailures(0.02).withInterrupts(0.02);
        }

        @Override
        void play(World world) {
            world.poor = true;
            world.failures = 0.1;
            world.makeLoop(options -> options.withPassive(lane -> lane.withCapacity(1 + world.random(8)))
                    .withTimerCapacity(1 + world.random(8)));
            clients(world, 4, () -> any(world));
            world.fork("starter", 3, world::tryToStart);
            world.fork("stopper", 2, () -> world.stop(world.millis(3), world.random.nextBoolean()));
            world.simulation.runUntilIdle();
            world.start();
            World.await(world.next(Integer.MAX_VALUE, true).handle);
            world.finish();
        }

        private void any(World world) {
            switch (world.random(10)) {
                case 0 -> world.meddle();
                case 1 -> world.awaitAny();
                case 2 -> world.resize();
                case 3 -> world.checkBooks();
                case 4 -> world.attached.toAny();
                case 5 -> world.foreign.aroundAny();
                default -> world.submitAny();
            }
        }
    };

    abstract void play(World world);

    Faults faults() {
        return Faults.defaults();
    }

    /** One to three threads that share some actions. */
    private static void clients(World world, int most, Runnable action) {
        int clients = 1 + world.random(3);
        for (int i = 0; i < clients; i++) {
            world.fork("client-" + i, 1 + world.random(most), action);
        }
    }

    /** Makes a loop whose lanes have hardly a place. */
    private static void few(World world) {
        world.makeLoop(options -> options.withActive(places(world))
                .withPassive(places(world))
                .withWork(places(world))
                .withTimerCapacity(1 + world.random(2)));
    }

    private static UnaryOperator<LaneOptions> places(World world) {
        int places = 1 + world.random(2);
        return lane -> lane.withCapacity(places);
    }

    /** Runs one of all with this seed. */
    static Scenario of(long seed) {
        return values()[Math.floorMod(seed, values().length)];
    }

    /** Plays it, and gives back the number of all decisions. */
    long run(long seed, SimulatedThreads threads) {
        SimulationOptions options =
                SimulationOptions.defaults().withFaults(faults()).withProcessors(1 + Math.floorMod(seed / 16, 4));
        Simulation simulation = new Simulation(options.withSeed(seed), threads, false);
        try {
            play(new World(simulation));
        } catch (Throwable e) {
            try {
                simulation.close();
            } catch (SimulationFailure also) {
                e.addSuppressed(also);
            }
            throw e;
        }
        simulation.close();
        return simulation.hash();
    }
}
