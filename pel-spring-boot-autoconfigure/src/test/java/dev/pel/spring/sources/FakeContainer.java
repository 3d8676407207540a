package dev.pel.spring.sources;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A container of any library, which does nothing but remember what it was told. */
final class FakeContainer {
    /** Starts, stops, pauses and resumes, in their order. */
    final List<String> told = new CopyOnWriteArrayList<>();

    volatile boolean isRunning = true;
    volatile boolean isPaused;

    /** What each of them fails with. */
    volatile @Nullable Throwable failure;

    <T> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> tell(method)));
    }

    private @Nullable Object tell(Method method) throws Throwable {
        switch (method.getName()) {
            case "isRunning":
                return isRunning;
            case "isPauseRequested":
                return isPaused;
            case "start", "stop", "pause", "resume":
                Throwable planted = failure;
                if (planted != null) {
                    throw planted;
                }
                isRunning =
                        method.getName().equals("start") || !method.getName().equals("stop") && isRunning;
                isPaused = method.getName().equals("pause") || !method.getName().equals("resume") && isPaused;
                told.add(method.getName());
                return null;
            default:
                throw new UnsupportedOperationException(method.toString());
        }
    }
}
