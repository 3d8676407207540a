package dev.pel;

/**
 * The end of a future that is made on a completion thread, because others have attached code to it past pel. It can be found by its
 * future, for a thread that begins to wait for that when the completion waits already.
 *
 * @param subject the future
 * @param code completes it
 */
@SuppressWarnings("ReferenceEquality") // the very same future is meant
record Completion(Generation generation, Object subject, Runnable code) implements Runnable {
    @Override
    public void run() {
        try {
            code.run();
        } finally {
            generation.completedAside();
        }
    }

    boolean isOf(Object future) {
        return subject == future;
    }
}
