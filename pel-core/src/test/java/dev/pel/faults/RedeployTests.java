package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Scale;
import dev.pel.StopReport;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MDC;

/** An application server loads an application anew: nothing of the old one may stay, neither classes nor threads. */
class RedeployTests {
    private static final int REDEPLOYS = (int) Scale.of("pel.redeploys", 20, 100);

    /** What is deployed: uses all of a loop, and stops it. */
    public static final class Application implements Runnable {
        private static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();

        @Override
        public void run() {
            EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
                    .withName("redeployed")
                    .withPassive(passive -> passive.withThreads(3))
                    .withWork(work -> work.withThreads(2))
                    .withErrorHandler(failure -> LOCAL.set(new Application())));
            loop.start();
            MDC.put("user", "somebody");
            for (int i = 0; i < 20; i++) {
                loop.next(() -> LOCAL.set(new Application()), () -> LOCAL.set(new Application()))
                        .thenRun(() -> {})
                        .join();
            }
            loop.work(() -> {
                throw new IllegalStateException("on purpose");
            });
            loop.call("slow").timeout(Duration.ofMillis(1)).next(() -> Thread.sleep(10_000));
            loop.delay(Duration.ofDays(1), () -> LOCAL.get());
            loop.next(() -> Thread.sleep(10_000));
            MDC.remove("user");
            StopReport report = loop.stop(Duration.ofMillis(5)).join();
            if (!report.stuck().isEmpty()) {
                throw new IllegalStateException(report.toString());
            }
        }
    }

    /** Loads the classes of pel and the application itself, and takes the rest from the server. */
    private static final class Deployment extends URLClassLoader {
        static {
            registerAsParallelCapable();
        }

        private Deployment(URL[] classes) {
            super(classes, Logger.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                boolean own = name.startsWith("dev.pel.") || name.startsWith("org.jctools.");
                Class<?> found = own ? findLoadedClass(name) : super.loadClass(name, resolve);
                return found == null ? findClass(name) : found;
            }
        }
    }

    private static URL[] classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .map(RedeployTests::url)
                .toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }

    private static WeakReference<ClassLoader> deployRunAndForget() throws IOException, ReflectiveOperationException {
        try (Deployment deployment = new Deployment(classPath())) {
            Thread current = Thread.currentThread();
            ClassLoader before = current.getContextClassLoader();
            current.setContextClassLoader(deployment);
            try {
                Class<?> application = deployment.loadClass(Application.class.getName());
                assertThat(application).isNotSameAs(Application.class);
                ((Runnable) application.getConstructor().newInstance()).run();
            } finally {
                current.setContextClassLoader(before);
            }
            return new WeakReference<>(deployment);
        }
    }

    @Test
    @Tag("scaled")
    void redeploysLeaveNeitherClassLoadersNorThreads() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
        for (int i = 0; i < REDEPLOYS; i++) {
            loaders.add(deployRunAndForget());
        }
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(loaders.stream().filter(loader -> loader.get() != null).count())
                    .as("class loaders that live on")
                    .isZero();
        });
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(
                        thread -> !before.contains(thread) && thread.getName().startsWith("redeployed"))
                .isEmpty();
        System.out.printf("redeploys: %d, class loaders left 0, threads left 0%n", REDEPLOYS);
    }
}
