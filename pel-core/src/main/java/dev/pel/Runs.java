package dev.pel;

/** Where the verbs find the run of a loop that takes their calls just now: a new start makes a new one. */
interface Runs {
    LoopRun loopRun();
}
