package dev.pel;

/**
 * A message of the engine to its own active thread. It is no entry of the lane: it has no place, is counted nowhere, and no listener
 * hears of it.
 */
interface Signal extends ActiveElement {
    /** Runs on the active thread. When no memory is left for it, it runs once more later. */
    void run();

    @Override
    default void runOn(ActiveLane lane) {
        try {
            run();
        } catch (VirtualMachineError | LinkageError e) {
            lane.postLater(this, e);
        }
    }

    /** A signal that completes a handle, and so runs code attached to it through the plain {@code CompletableFuture} API. */
    interface HandingOver extends Signal {
        @Override
        default void runOn(ActiveLane lane) {
            try {
                lane.handOver(this::run);
            } catch (VirtualMachineError | LinkageError e) {
                lane.postLater(this, e);
            }
        }
    }
}
