package dev.pel.conformance;

/** A class of Vert.x's own tests, on worker pools that are lanes of pel. */
final class VertxJudge {
    private VertxJudge() {}

    static Verdict judge(Class<?> tests) {
        int pools = PelPools.made();
        long entries = PelPools.entries();
        JUnit4Run run = JUnit4Run.of(NotApplicable::applies, tests);
        return run.verdict(
                "Vert.x " + tests.getSimpleName(),
                PelPools.entries() - entries,
                " in %d pools".formatted(PelPools.made() - pools));
    }
}
