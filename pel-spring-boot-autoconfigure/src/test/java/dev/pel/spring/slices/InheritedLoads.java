package dev.pel.spring.slices;

import dev.pel.spring.Next;

/** For a bean of another package, whose proxy overrides the method. */
public abstract class InheritedLoads {
    @Next
    protected void load() {}
}
