package dev.pel;

import java.util.concurrent.Callable;

/**
 * A task that is nothing but a task. Calls tell by its type what an operation or a body is; an object that is a {@code Task} and
 * a {@code Callable} or {@code Body} as well goes in here, so that the overload it was given to decides which of its methods runs.
 */
record PlainTask(Task task) implements Task {
    /** The task itself, mostly: only one that is something else as well is wrapped. */
    static Task of(Task task) {
        return task instanceof Callable<?> || task instanceof Body<?> ? new PlainTask(task) : task;
    }

    @Override
    public void run() throws Exception {
        task.run();
    }
}
