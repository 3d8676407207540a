package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OptionsTests {
    private static final EventLoopOptions DEFAULTS = EventLoopOptions.defaults();

    private static void refused(Supplier<?> options, String message) {
        assertThatThrownBy(options::get)
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage(message);
    }

    @Test
    void defaultsAreThoseOfTheSpecification() {
        assertThat(DEFAULTS.active().threads()).isEqualTo(1);
        assertThat(DEFAULTS.passive().threads()).isEqualTo(64);
        assertThat(DEFAULTS.work().threads())
                .isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
        for (Lane lane : Lane.values()) {
            assertThat(DEFAULTS.lane(lane).capacity()).isEqualTo(10_000);
            assertThat(DEFAULTS.lane(lane).highMark()).isEqualTo(8_000);
            assertThat(DEFAULTS.lane(lane).lowMark()).isEqualTo(5_000);
            assertThat(DEFAULTS.lane(lane).kind()).isEqualTo(ThreadKind.PLATFORM);
        }
        assertThat(DEFAULTS.stopDeadline()).isEqualTo(Duration.ofSeconds(20));
        assertThat(DEFAULTS.settle()).isZero();
        assertThat(DEFAULTS.daemon()).isFalse();
    }

    @Test
    void wrongValuesAreRefusedWithNameRuleAndValue() {
        LaneOptions lane = DEFAULTS.passive();
        refused(() -> lane.withThreads(0), "'threads' must be between 1 and 4096 but was 0");
        refused(() -> lane.withThreads(5_000), "'threads' must be between 1 and 4096 but was 5000");
        refused(() -> lane.withCapacity(0), "'capacity' must be at least 1 but was 0");
        refused(() -> lane.withWaterMarks(0, 0), "'high water' must be between 1 and 100 percent but was 0");
        refused(() -> lane.withWaterMarks(101, 50), "'high water' must be between 1 and 100 percent but was 101");
        refused(
                () -> lane.withWaterMarks(50, 50),
                "'low water' must be at least 0 and below 'high water', which is 50, but was 50");
        refused(
                () -> lane.withWaterMarks(50, -1),
                "'low water' must be at least 0 and below 'high water', which is 50, but was -1");
        refused(
                () -> DEFAULTS.withWork(work -> work.withThreads(0)),
                "'work threads' must be between 1 and 4096 but was 0");
        refused(
                () -> DEFAULTS.withActive(active -> active.withCapacity(0)),
                "'active capacity' must be at least 1 but was 0");
        refused(
                () -> DEFAULTS.withPassive(passive -> passive.withWaterMarks(10, 20)),
                "'passive low water' must be at least 0 and below 'high water', which is 10, but was 20");
        refused(() -> DEFAULTS.withName(" "), "'name' must not be blank but was ' '");
        refused(
                () -> DEFAULTS.withActive(active -> active.withKind(ThreadKind.VIRTUAL)),
                "'active threads' must be 1 platform thread but was 1 of kind VIRTUAL");
        refused(
                () -> DEFAULTS.withActive(active -> active.withThreads(2)),
                "'active threads' must be 1 platform thread but was 2 of kind PLATFORM");
        refused(() -> DEFAULTS.withTimerCapacity(0), "'timer capacity' must be at least 1 but was 0");
        refused(() -> DEFAULTS.withSettle(Duration.ofMillis(-1)), "'settle' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withStopDeadline(Duration.ofMillis(-1)),
                "'stop deadline' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withInterruptGrace(Duration.ofMillis(-1)),
                "'interrupt grace' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withCallSiteInterval(Duration.ofMillis(-1)),
                "'call site interval' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withUnobservedGrace(Duration.ofMillis(-1)),
                "'unobserved grace' must not be negative but was -1 ms");
    }

    @Test
    void lowMarkIsBelowTheHighMarkEvenInTheSmallestLane() {
        LaneOptions smallest = DEFAULTS.passive().withCapacity(1);
        assertThat(smallest.highMark()).isEqualTo(1);
        assertThat(smallest.lowMark()).isZero();
    }

    @Test
    void marksArePercentOfTheCapacity() {
        LaneOptions lane = DEFAULTS.passive().withCapacity(200).withWaterMarks(100, 1);
        assertThat(lane.highMark()).isEqualTo(200);
        assertThat(lane.lowMark()).isEqualTo(2);
        assertThat(lane.withCapacity(Integer.MAX_VALUE).highMark()).isEqualTo(Integer.MAX_VALUE);
        assertThat(lane.withWaterMarks(1, 0).highMark()).isEqualTo(2);
        assertThat(lane.withWaterMarks(1, 0).lowMark()).isZero();
    }

    @Test
    void extremesAreAccepted() {
        LaneOptions lane = DEFAULTS.passive();
        assertThat(lane.withThreads(1).threads()).isEqualTo(1);
        assertThat(lane.withThreads(4_096).threads()).isEqualTo(4_096);
        assertThat(lane.withKind(ThreadKind.VIRTUAL).withThreads(1_000_000).threads())
                .isEqualTo(1_000_000);
        refused(
                () -> lane.withKind(ThreadKind.VIRTUAL).withThreads(1_000_001),
                "'threads' must be between 1 and 1000000 but was 1000001");
        assertThat(DEFAULTS.withTimerCapacity(1).timerCapacity()).isEqualTo(1);
    }

    @Test
    void eachChangeChangesWhatItIsNamedAfterAndNothingElse() {
        Duration time = Duration.ofSeconds(77);
        assertChanged("name", DEFAULTS.withName("other"), "other");
        assertChanged(
                "active",
                DEFAULTS.withActive(lane -> lane.withCapacity(7)),
                DEFAULTS.active().withCapacity(7));
        assertChanged(
                "passive",
                DEFAULTS.withPassive(lane -> lane.withThreads(7)),
                DEFAULTS.passive().withThreads(7));
        assertChanged(
                "work",
                DEFAULTS.withWork(lane -> lane.withThreads(7)),
                DEFAULTS.work().withThreads(7));
        assertChanged("timerCapacity", DEFAULTS.withTimerCapacity(7), 7);
        assertChanged("settle", DEFAULTS.withSettle(time), time);
        assertChanged("stopDeadline", DEFAULTS.withStopDeadline(time), time);
        assertChanged("interruptGrace", DEFAULTS.withInterruptGrace(time), time);
        assertChanged("callSiteInterval", DEFAULTS.withCallSiteInterval(time), time);
        assertChanged("unobservedGrace", DEFAULTS.withUnobservedGrace(time), time);
        assertChanged("daemon", DEFAULTS.withDaemon(true), true);
        assertChanged("hooks", DEFAULTS.withHooks(OTHER), OTHER);
    }

    private static final EventLoopOptions.Hooks OTHER = DEFAULTS.hooks().withErrorHandler(failure -> {});

    private static void assertChanged(String name, EventLoopOptions changed, Object value) {
        Map<String, Object> expected = new HashMap<>(values(DEFAULTS));
        expected.put(name, value);
        assertThat(values(changed)).isEqualTo(expected);
        assertThat(changed).isNotEqualTo(DEFAULTS);
    }

    /** By the public accessors, so that a new option without a place here fails the tests below. */
    private static Map<String, Object> values(Object options) {
        return Arrays.stream(options.getClass().getMethods())
                .filter(method -> method.getDeclaringClass() == options.getClass())
                .filter(method -> method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !List.of("hashCode", "toString", "isElastic").contains(method.getName()))
                .collect(HashMap::new, (all, method) -> all.put(method.getName(), value(method, options)), Map::putAll);
    }

    private static Object value(Method accessor, Object options) {
        try {
            return accessor.invoke(options);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eachChangeOfALaneChangesWhatItIsNamedAfterAndNothingElse() {
        LaneOptions lane = DEFAULTS.passive();
        assertChanged(lane, lane.withThreads(7), Map.of("threads", 7, "minThreads", 7));
        assertChanged(lane, lane.withThreads(7, 64), Map.of("minThreads", 7));
        assertChanged(lane, lane.withCapacity(7), Map.of("capacity", 7));
        assertChanged(lane, lane.withWaterMarks(7, 5), Map.of("highWater", 7, "lowWater", 5));
        assertChanged(lane, lane.withWaterMarks(80, 5), Map.of("lowWater", 5));
        assertChanged(lane, lane.withKind(ThreadKind.VIRTUAL), Map.of("kind", ThreadKind.VIRTUAL));
        ElasticOptions elastic = lane.elastic().withMaxHung(7);
        assertChanged(lane, lane.withElastic(before -> elastic), Map.of("elastic", elastic));
    }

    @Test
    void eachChangeOfHowThreadsComeAndGoChangesWhatItIsNamedAfterAndNothingElse() {
        ElasticOptions elastic = DEFAULTS.passive().elastic();
        Duration time = Duration.ofSeconds(7);
        assertChanged(elastic, elastic.withGrowAfter(time), Map.of("growAfter", time));
        assertChanged(elastic, elastic.withKeepAlive(time), Map.of("keepAlive", time));
        assertChanged(elastic, elastic.withRecycleAfter(7), Map.of("recycleAfter", 7));
        assertChanged(elastic, elastic.withHungAfter(time), Map.of("hungAfter", time));
        assertChanged(elastic, elastic.withMaxHung(7), Map.of("maxHung", 7));
        assertThat(elastic).isNotEqualTo("pel");
    }

    @Test
    void eachChangeOfTheHooksChangesWhatItIsNamedAfterAndNothingElse() {
        EventLoopOptions.Hooks hooks = DEFAULTS.hooks();
        ErrorHandler handler = failure -> {};
        List<EventLoopListener> listeners = List.of(new EventLoopListener() {});
        Machine machine = new ManualMachine();
        assertChanged(hooks, hooks.withErrorHandler(handler), Map.of("errorHandler", handler));
        assertChanged(hooks, hooks.withListeners(listeners), Map.of("listeners", listeners));
        assertChanged(hooks, hooks.withPropagators(List.of()), Map.of("propagators", List.of()));
        assertChanged(hooks, hooks.withMachine(machine), Map.of("machine", machine));
        assertThat(hooks.withMachine(machine).withMachine(null)).isEqualTo(hooks);
    }

    private static void assertChanged(Object before, Object changed, Map<String, ?> values) {
        Map<String, Object> expected = new HashMap<>(values(before));
        expected.putAll(values);
        assertThat(values(changed)).isEqualTo(expected);
        assertThat(changed).isNotEqualTo(before);
    }

    @Test
    void optionsWithTheSameValuesAreEqual() {
        EventLoopOptions.Hooks hooks = DEFAULTS.hooks();
        EventLoopOptions other = EventLoopOptions.defaults().withHooks(hooks);
        assertThat(other).isEqualTo(DEFAULTS).hasSameHashCodeAs(DEFAULTS);
        assertThat(other.passive()).isEqualTo(DEFAULTS.passive()).hasSameHashCodeAs(DEFAULTS.passive());
        assertThat(hooks.withMachine(null)).isEqualTo(hooks).hasSameHashCodeAs(hooks);
        assertThat(DEFAULTS).isNotEqualTo("pel");
        assertThat(hooks).isNotEqualTo("pel");
        assertThat(DEFAULTS.passive()).isNotEqualTo("pel");
    }

    @Test
    void textOfOptionsNamesEachValue() {
        for (Object options :
                List.of(DEFAULTS, DEFAULTS.passive(), DEFAULTS.passive().elastic(), DEFAULTS.hooks())) {
            assertThat(values(options))
                    .allSatisfy((name, value) -> assertThat(options.toString()).contains(name + "=" + value));
        }
    }

    @Test
    void whatWasMadeBeforeAChangeStaysAsItWas() {
        List<EventLoopListener> given = new ArrayList<>();
        EventLoopOptions.Hooks hooks = DEFAULTS.hooks().withListeners(given);
        given.add(new EventLoopListener() {});
        assertThat(hooks.listeners()).isEmpty();
        EventLoopOptions before = DEFAULTS.withName("before");
        before.withName("after");
        assertThat(before.name()).isEqualTo("before");
    }

    @Test
    void refusalTellsItsPartsOneByOne() {
        assertThatThrownBy(() -> DEFAULTS.withStopDeadline(Duration.ofSeconds(-1)))
                .isInstanceOfSatisfying(InvalidOptionException.class, refusal -> {
                    assertThat(refusal.option()).isEqualTo("stop deadline");
                    assertThat(refusal.rule()).isEqualTo("must not be negative");
                    assertThat(refusal.value()).isEqualTo("-1 s");
                });
    }

    @Test
    void hooksAreAddedInTheirOrderAndTheOthersStay() {
        EventLoopListener first = new EventLoopListener() {};
        EventLoopListener second = new EventLoopListener() {};
        ContextPropagator propagator = new MdcPropagator();
        ErrorHandler handler = failure -> {};
        EventLoopOptions.Hooks before = DEFAULTS.hooks();
        EventLoopOptions.Hooks hooks = DEFAULTS.withListener(first)
                .withPropagator(propagator)
                .withErrorHandler(handler)
                .withListener(second)
                .hooks();
        assertThat(hooks.listeners()).containsExactly(first, second);
        assertThat(hooks.propagators()).hasSize(before.propagators().size() + 1).endsWith(propagator);
        assertThat(hooks.errorHandler()).isSameAs(handler);
    }

    @Test
    void virtualThreadsNeedJava21() {
        EventLoopOptions virtual = DEFAULTS.withPassive(passive -> passive.withKind(ThreadKind.VIRTUAL));
        if (JdkMachine.hasVirtualThreads()) {
            assertThat(EventLoop.create(virtual).options().passive().kind()).isEqualTo(ThreadKind.VIRTUAL);
        } else {
            assertThatThrownBy(() -> EventLoop.create(virtual))
                    .isInstanceOf(InvalidOptionException.class)
                    .hasMessage(
                            "'passive thread kind' must be PLATFORM on Java %d, because virtual threads need Java 21, but was VIRTUAL",
                            Runtime.version().feature());
        }
    }
}
