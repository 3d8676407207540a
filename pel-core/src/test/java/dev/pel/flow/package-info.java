/** What stands on the verbs of a loop, tested through what its users have themselves. */
package dev.pel.flow;
