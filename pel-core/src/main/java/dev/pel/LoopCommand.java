package dev.pel;

/** A command that pel itself gives to an executor, and whose end in a stop it sees to by itself. */
interface LoopCommand extends Runnable {}
