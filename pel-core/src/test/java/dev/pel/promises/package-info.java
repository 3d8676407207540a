/** What pel promises its users, tested through what they have themselves: nothing here sees inside the engine. */
package dev.pel.promises;
