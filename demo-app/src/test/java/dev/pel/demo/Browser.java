package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A real browser without a window, from the packages that {@code .ci/run} installs. */
final class Browser {
    private Browser() {}

    /** Starts it, or skips the test where there is none; in continuous integration there must be one. */
    static ChromeDriver start() {
        Optional<Path> browser = onPath("chromium");
        Optional<Path> driver = onPath("chromedriver");
        String missing = "chromium and chromedriver on the PATH (Debian: apt-get install chromium chromium-driver)";
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(browser).as(missing).isPresent();
            assertThat(driver).as(missing).isPresent();
        }
        assumeTrue(browser.isPresent() && driver.isPresent(), () -> "skipped, because there are no " + missing);
        return start(browser.orElseThrow(), driver.orElseThrow());
    }

    private static ChromeDriver start(Path browser, Path driver) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox", // or it refuses to run as root, as containers do
                "--disable-gpu",
                "--disable-dev-shm-usage",
                // it is to talk to the demo and to nobody else
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--window-size=1000,1400");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver.toFile())
                .build();
        return new ChromeDriver(service, options);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
