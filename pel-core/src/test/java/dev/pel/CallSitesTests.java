package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallSitesTests {
    private static StackTraceElement frame(String type) {
        return new StackTraceElement(type, "method", "File.java", 17);
    }

    private static StackTraceElement placeOf(String... frames) {
        Throwable error = new IllegalStateException("x");
        StackTraceElement[] stack = new StackTraceElement[frames.length];
        for (int i = 0; i < frames.length; i++) {
            stack[i] = frame(frames[i]);
        }
        error.setStackTrace(stack);
        return CallSites.of(error);
    }

    @Test
    void placeIsTakenOnceInAnInterval() {
        CallSites callSites = new CallSites(100, 1_000);
        assertThat(callSites.take(1_000)).isNotNull();
        assertThat(callSites.take(1_099)).isNull();
        assertThat(callSites.take(1_100)).isNotNull();
        assertThat(callSites.take(1_101)).isNull();
    }

    @Test
    void withoutAnIntervalEachPlaceIsTakenAlsoWhereTimeGoesBack() {
        CallSites callSites = new CallSites(0, 1_000);
        assertThat(callSites.take(1_000)).isNotNull();
        assertThat(callSites.take(999)).isNotNull();
    }

    @Test
    void placeIsThatOfWhoeverCalledTheEngine() {
        CallSites.Trail trail = new CallSites(100, 0).take(0);
        assertThat(trail).isNotNull();
        StackTraceElement place = trail.place();
        assertThat(place).isNotNull();
        assertThat(place.getMethodName()).isEqualTo("placeIsThatOfWhoeverCalledTheEngine");
    }

    @Test
    void placeOfAFailureIsThatOfTheCodeThatTheEngineCalled() {
        assertThat(placeOf(
                        "java.util.List",
                        "user.Dao",
                        "user.Service",
                        "java.lang.Thread",
                        Call.class.getName(),
                        "user.Main"))
                .isEqualTo(frame("user.Service"));
        assertThat(placeOf(Call.class.getName(), "user.Main")).isNull();
    }

    @Test
    void failureThatTheEngineIsNotInHasNoPlace() {
        assertThat(placeOf("user.Dao", "user.Service")).isNull();
    }

    @Test
    void codeOfFrameworksIsNobodysPlace() {
        for (String type : new String[] {
            "java.lang.Thread",
            "jdk.proxy2.Proxy12",
            "dev.pel.spring.Advice",
            "org.springframework.aop.Chain",
            "user.Service$$SpringCGLIB$$0",
            "com.sun.$Proxy7"
        }) {
            assertThat(placeOf("user.Dao", type, Call.class.getName())).as(type).isEqualTo(frame("user.Dao"));
        }
    }
}
