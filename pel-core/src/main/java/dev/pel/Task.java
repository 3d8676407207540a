package dev.pel;

/** Code without a result: an operation that only has an effect, a timer's body, a posted task. May throw anything. */
@FunctionalInterface
public interface Task {
    /**
     * Runs on the thread that the method which takes the task names.
     *
     * @throws Exception whatever goes wrong; it reaches the call's handle, and the error handler where nobody deals with it there
     */
    void run() throws Exception;
}
