package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.pel.ThreadKind;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What is measured as pel is what an application has. */
class ShippedLoopTests {

    @Test
    void feedsTheMeters() {
        try (ShippedLoop shipped = new ShippedLoop(new Load(2, 1), ThreadKind.PLATFORM)) {
            shipped.loop().next(() -> 1).join();

            assertThat(shipped.bean(MeterRegistry.class)
                            .get("pel.call.run")
                            .tag("lane", "passive")
                            .functionTimer()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void carriesTheLoggingContextAndWhatIsRegistered() {
        try (ShippedLoop shipped = new ShippedLoop(new Load(2, 1), ThreadKind.PLATFORM)) {
            assertThat(shipped.loop().options().hooks().propagators()).hasSize(2);
        }
        assertThat(MDC.getMDCAdapter()).isInstanceOf(LogbackMDCAdapter.class);
        assertThat(ContextRegistry.getInstance().getThreadLocalAccessors()).isNotEmpty();
    }

    @Test
    void keepsItsDefaultsButForTheSizeOfTheLoad() {
        try (ShippedLoop shipped = new ShippedLoop(new Load(4, 20_000), ThreadKind.PLATFORM)) {
            assertThat(shipped.loop().options().passive().threads()).isEqualTo(4);
            assertThat(shipped.loop().options().passive().capacity()).isEqualTo(20_000);
        }
        try (ShippedLoop shipped = new ShippedLoop(new Load(64, 256), ThreadKind.PLATFORM)) {
            assertThat(shipped.loop().options().passive().capacity()).isEqualTo(10_000);
            assertThat(shipped.loop().options().active().capacity()).isEqualTo(10_000);
        }
    }
}
