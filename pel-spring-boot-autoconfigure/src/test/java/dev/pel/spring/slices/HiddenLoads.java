package dev.pel.spring.slices;

import dev.pel.spring.Next;

/** For a bean of another package, whose proxy cannot override the method. */
public abstract class HiddenLoads {
    @Next
    void hidden() {}
}
