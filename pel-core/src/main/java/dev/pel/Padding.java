package dev.pel;

/**
 * Keeps the fields of subclasses out of the cache line of whatever lies before the object. The JVM lays out the fields of a
 * superclass first, that is how the padding stays where it is.
 */
class Padding {
    long a1;
    long a2;
    long a3;
    long a4;
    long a5;
    long a6;
    long a7;
    long a8;
}
