/** What still holds under load, when a process ends, and when memory, threads, the log or users' code fail; seen from outside the engine. */
package dev.pel.faults;
