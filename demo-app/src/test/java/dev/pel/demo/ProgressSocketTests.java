package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.reset;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** The progress of alerts, and a counter that loses a message, over real WebSockets. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0",
            "demo.gateway.latency-min=100ms",
            "demo.gateway.latency-max=200ms",
            "demo.signature.iterations=1",
            "demo.progress.interval=20ms",
            "demo.progress.max-watchers=3"
        })
class ProgressSocketTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @LocalServerPort
    private int port;

    @Autowired
    private EventLoop loop;

    @MockitoSpyBean
    private AlertService alerts;

    private final List<SocketClient> clients = new ArrayList<>();
    private DemoClient demo;

    @BeforeEach
    void client() {
        demo = new DemoClient(port);
    }

    @AfterEach
    void startAnew() {
        clients.forEach(SocketClient::close);
        if (loop.state() != LoopState.STOPPED) {
            loop.forceStop().join();
        }
        reset(alerts); // nothing calls it now
        loop.start();
    }

    private SocketClient connect() {
        return connect("/progress");
    }

    private SocketClient connect(String path) {
        SocketClient client = new SocketClient(port, path);
        clients.add(client);
        return client;
    }

    /** A client that watches, and has got the first view. */
    private SocketClient watch(String alert) throws InterruptedException {
        SocketClient client = connect().send(alert);
        assertThat(client.nextView().id()).isEqualTo(alert);
        return client;
    }

    private String raise(int people) {
        return idOf(demo.raise(people));
    }

    private static String idOf(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }

    // ------------------------------------------------------------------ what is told

    @Test
    void whoeverWatchesIsToldAtOnceAndOfEachChangeUntilTheAlertHasFinished() throws InterruptedException {
        SocketClient client = connect().send(raise(500));

        List<AlertView> views = new ArrayList<>();
        do {
            views.add(client.nextView());
        } while (views.get(views.size() - 1).finished() == null);

        assertThat(views).hasSizeGreaterThan(2).doesNotHaveDuplicates();
        assertThat(views).extracting(AlertView::delivered).isSorted().endsWith(500);
        assertThat(client.end()).isEqualTo("1000");
        assertThat(client.isEmpty()).isTrue();
    }

    @Test
    void anAlertThatHasFinishedIsToldOnce() throws InterruptedException {
        String location = demo.raise(1);
        demo.finished(location);

        SocketClient client = watch(idOf(location));

        assertThat(client.end()).isEqualTo("1000");
        assertThat(client.isEmpty()).isTrue();
    }

    @Test
    void refusedRowsAreToldOnceHoweverManyThereAre() throws InterruptedException {
        String row = "Bob,%s,2\n".formatted("x".repeat(50));
        String csv = DemoClient.people(500) + row.repeat(9_500);
        String alert = DemoClient.body(demo.post(csv.getBytes(StandardCharsets.UTF_8), "Fire")
                        .expectStatus()
                        .isAccepted()
                        .expectBody(AlertView.class)
                        .returnResult())
                .id();

        SocketClient client = connect().send(alert);

        assertThat(client.nextView().refused()).hasSize(9_500);
        assertThat(client.next()).contains("\"delivered\"").doesNotContain("refused");
    }

    @Test
    void anotherIdTakesThePlaceOfTheFirst() throws InterruptedException {
        SocketClient client = watch(raise(2_000));
        String second = raise(1);
        client.send(second);

        await().atMost(LONG).until(() -> client.nextView().id().equals(second));
        assertThat(client.end()).isEqualTo("1000");
    }

    @Test
    void whatIsToldDoesNotWaitBehindDeliveries() throws InterruptedException {
        loop.resize(Lane.PASSIVE, 1);
        CountDownLatch free = new CountDownLatch(1);
        loop.next(() -> free.await());
        String location = demo.raise(200);
        await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 200);
        SocketClient client = connect().send(idOf(location));
        await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 201);
        free.countDown();

        client.next();

        assertThat(demo.alert(location).delivered()).isLessThan(100);
    }

    // ------------------------------------------------------------------ what is not of use

    @Test
    void anUnknownAlertIsSaid() {
        assertThat(connect().send("00000000-0000-0000-0000-000000000000").end())
                .isEqualTo("4404 There is no alert with this id, or it finished long ago.");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1007 the id of an alert must have 1 to 36 characters but has 0",
        "37, 1007 the id of an alert must have 1 to 36 characters but has 37"
    })
    void aMessageThatIsNoIdIsRefusedWithTheRule(int length, String end) {
        assertThat(connect().send("x".repeat(length)).end()).isEqualTo(end);
    }

    @Test
    void aMessageThatIsTooLargeOrNoTextIsRefused() {
        assertThat(connect().send("x".repeat(2_000)).end()).startsWith("1009");
        assertThat(connect().sendBytes().end()).startsWith("1003");
    }

    @Test
    void whoeverIsOneTooManyIsToldToComeLater() throws InterruptedException {
        String alert = raise(2_000);
        for (int i = 0; i < 3; i++) {
            watch(alert);
        }

        assertThat(connect().send(alert).end()).isEqualTo("1013 3 others watch alerts");
    }

    @Test
    void pagesOfOthersMayNotConnect() {
        assertThatThrownBy(() -> new SocketClient(port, "/progress", "http://example.org"))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(403));
        new SocketClient(port, "/progress", "http://127.0.0.1:" + port).close();
    }

    // ------------------------------------------------------------------ the timer

    /** How many there are; one whose body runs does not count. */
    private long timers() {
        return loop.stats().timers().pending();
    }

    @Test
    void thereIsATimerOnlyWhileSomebodyWatches() throws InterruptedException {
        connect();
        assertThat(timers()).isZero();

        SocketClient client = watch(raise(2_000));
        await().atMost(LONG).until(() -> timers() == 1);

        client.close();
        await().atMost(LONG).until(() -> timers() == 0);
    }

    @Test
    void aFailureDoesNotEndTheTimer() throws InterruptedException {
        SocketClient client = watch(raise(2_000));
        long unhandled = loop.stats().unhandled();
        loop.enqueue(Lane.ACTIVE, this::failOnce).join(); // there, because no other body calls it meanwhile
        await().atMost(LONG).until(() -> loop.stats().unhandled() > unhandled);

        assertThat(client.end()).isEqualTo("1000");
    }

    private void failOnce() {
        doThrow(new IllegalStateException("planted"))
                .doCallRealMethod()
                .when(alerts)
                .look(anyString());
    }

    @Test
    void progressIsToldAgainWhenTheLoopWasStoppedAndStarted() throws InterruptedException {
        String cutOff = raise(2_000);
        SocketClient before = watch(cutOff);
        loop.stop(Duration.ofSeconds(1)).join();
        assertThat(before.end()).isEqualTo("1001 the event loop was stopped");
        assertThat(connect().end()).isEqualTo("1001 the event loop was stopped");

        loop.start();
        assertThat(timers()).isZero();
        assertThat(watch(cutOff).end()).isEqualTo("1000");
        SocketClient after = watch(raise(500));
        await("what the timer tells").atMost(LONG).until(() -> after.nextView().delivered() > 0);
        assertThat(after.end()).isEqualTo("1000");
        await().atMost(LONG).until(() -> timers() == 0);
    }

    @Test
    void aForcedStopIsToldAsWell() throws InterruptedException {
        // nothing is signed, so nothing changes, and no message is being sent when the stop interrupts what runs
        loop.work(() -> new CountDownLatch(1).await());
        String alert = raise(200);
        await().atMost(LONG).until(() -> loop.size(Lane.WORK) == 200);
        SocketClient client = watch(alert);
        await().atMost(LONG).until(() -> loop.running(Lane.PASSIVE) == 0);

        loop.forceStop().join();

        assertThat(client.end()).isEqualTo("1001 the event loop was stopped");
    }

    // ------------------------------------------------------------------ the counter

    @Test
    void aClientWhoseMessageIsLostWhileItIsCountedIsToldSo() {
        loop.resize(Lane.PASSIVE, 1);
        loop.next(() -> new CountDownLatch(1).await()); // until the stop
        await().atMost(LONG).until(() -> loop.running(Lane.PASSIVE) == 1);
        SocketClient client = connect("/counter").send("count");
        await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 1);

        loop.forceStop().join();

        assertThat(client.end()).isEqualTo("1001 the event loop was stopped");
    }
}
