/** WebSocket sessions on the loop: their messages come in turn, on the active thread, and no client that reads slowly holds it up. */
@NullMarked
package dev.pel.spring.websocket;

import org.jspecify.annotations.NullMarked;
