package dev.pel;

import org.jspecify.annotations.Nullable;

/**
 * The code of a script.
 *
 * @param <T> what it returns
 */
@FunctionalInterface
public interface ScriptBody<T extends @Nullable Object> {
    /**
     * Runs on a thread of its own, which holds the loop whenever it does not wait.
     *
     * @param script with which it waits
     * @return the result of the script
     * @throws Exception whatever goes wrong; the script's handle then ends as {@link Outcome#FAILED}
     */
    T run(Script script) throws Exception;
}
