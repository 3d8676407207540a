package dev.pel;

/** A command that pel itself gives to an executor. {@link CutOffCommands} ignores it, because the stop ends its handle. */
interface LoopCommand extends Runnable {}
