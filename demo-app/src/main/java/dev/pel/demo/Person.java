package dev.pel.demo;

/**
 * Somebody to notify.
 *
 * @param name who
 * @param channel how
 * @param address where on that channel
 */
record Person(String name, Channel channel, String address) {}
