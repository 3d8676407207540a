package dev.pel.demo;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The settings of the demo; {@code application.yml} says what each is for. */
@ConfigurationProperties("demo")
record DemoProperties(
        @DefaultValue People people,
        @DefaultValue Intake intake,
        @DefaultValue Signature signature,
        @DefaultValue Delivery delivery,
        @DefaultValue Gateway gateway,
        @DefaultValue Progress progress) {

    DemoProperties {
        // or Retry-After would promise what can never come true
        check(
                people.maxRows() <= intake.maxOpen(),
                "demo.people.max-rows",
                "at most 'demo.intake.max-open', which is " + intake.maxOpen(),
                people.maxRows());
    }

    record People(
            @DefaultValue("10000") int maxRows,
            @DefaultValue("1000") int maxMessage) {
        People {
            check(maxRows >= 1, "demo.people.max-rows", "at least 1", maxRows);
            check(maxMessage >= 1, "demo.people.max-message", "at least 1", maxMessage);
        }
    }

    record Intake(
            @DefaultValue("10000") int maxOpen,
            @DefaultValue("5s") Duration retryAfter,
            @DefaultValue("50") int keptAlerts) {
        Intake {
            check(maxOpen >= 1, "demo.intake.max-open", "at least 1", maxOpen);
            check(retryAfter.toSeconds() >= 1, "demo.intake.retry-after", "at least 1s", retryAfter);
            check(keptAlerts >= 1, "demo.intake.kept-alerts", "at least 1", keptAlerts);
        }
    }

    record Signature(
            @DefaultValue("only-for-the-demo") String secret,
            @DefaultValue("2000") int iterations) {
        Signature {
            check(!secret.isEmpty(), "demo.signature.secret", "not empty", secret);
            check(iterations >= 1, "demo.signature.iterations", "at least 1", iterations);
        }
    }

    record Delivery(
            @DefaultValue("256") int window,
            @DefaultValue("2") int retries,
            @DefaultValue("200ms") Duration pause,
            @DefaultValue("5m") Duration timeout) {
        Delivery {
            check(window >= 1, "demo.delivery.window", "at least 1", window);
            check(retries >= 0, "demo.delivery.retries", "at least 0", retries);
            // or a delivery would ask a full lane again and again without a pause
            check(pause.toMillis() >= 1, "demo.delivery.pause", "at least 1ms", pause);
        }
    }

    record Gateway(
            @DefaultValue("300ms") Duration latencyMin,
            @DefaultValue("900ms") Duration latencyMax,
            @DefaultValue("0.3") double failureRate) {
        Gateway {
            check(!latencyMin.isNegative(), "demo.gateway.latency-min", "not negative", latencyMin);
            check(
                    latencyMax.compareTo(latencyMin) >= 0,
                    "demo.gateway.latency-max",
                    "at least 'demo.gateway.latency-min', which is " + latencyMin,
                    latencyMax);
            check(failureRate >= 0 && failureRate <= 1, "demo.gateway.failure-rate", "between 0 and 1", failureRate);
        }
    }

    record Progress(
            @DefaultValue("250ms") Duration interval,
            @DefaultValue("100") int maxWatchers) {
        Progress {
            check(interval.toMillis() >= 1, "demo.progress.interval", "at least 1ms", interval);
            check(maxWatchers >= 1, "demo.progress.max-watchers", "at least 1", maxWatchers);
        }
    }

    private static void check(boolean valid, String key, String rule, Object value) {
        if (!valid) {
            throw new IllegalArgumentException("'%s' must be %s but was '%s'".formatted(key, rule, value));
        }
    }
}
