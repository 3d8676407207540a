package dev.pel.demo;

/**
 * A row of the file that does not say whom to notify.
 *
 * @param line the line it begins on, from 1
 * @param reason what is wrong with it, for the person who wrote it
 */
record RefusedRow(long line, String reason) {}
