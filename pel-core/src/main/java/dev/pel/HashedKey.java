package dev.pel;

/**
 * A key of calls with its hash code, which is asked for once. So a key that is changed after its call was submitted is found again, to be
 * forgotten, and its code cannot fail then.
 */
record HashedKey(Object key, int hash) {
    static HashedKey of(Object key) {
        return new HashedKey(key, key.hashCode());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HashedKey that && hash == that.hash && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
