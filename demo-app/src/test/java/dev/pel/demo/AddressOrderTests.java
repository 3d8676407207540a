package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** Many alerts to the same people at once, with a gateway that is slow, fails half of the time, and notes what it gets. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.failure-rate=0.5",
            "demo.gateway.latency-min=1ms",
            "demo.gateway.latency-max=20ms",
            "demo.delivery.retries=100",
            "demo.delivery.pause=1ms",
            "demo.signature.iterations=100"
        })
class AddressOrderTests {
    private static final int ALERTS = 20;
    private static final String PEOPLE = "name,channel,address\nAda,sms,1\nBob,email,2\n";

    @MockitoSpyBean
    private SlowGateway gateway;

    private final List<String> tried = new CopyOnWriteArrayList<>();
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private final AtomicInteger toAda = new AtomicInteger();
    private final AtomicInteger mostToAda = new AtomicInteger();

    @BeforeEach
    void noteWhatComesToAda() throws Exception {
        doAnswer(call -> {
                    Notice notice = call.getArgument(2);
                    return notice.address().equals("1")
                            ? noted(notice.message(), call::callRealMethod)
                            : call.callRealMethod();
                })
                .when(gateway)
                .send(any(), any(), any());
    }

    private interface Answer {
        Object get() throws Throwable;
    }

    private Object noted(String message, Answer answer) throws Throwable {
        mostToAda.accumulateAndGet(toAda.incrementAndGet(), Math::max);
        tried.add(message);
        try {
            ResponseEntity<?> said = (ResponseEntity<?>) answer.get();
            if (said.getStatusCode().is2xxSuccessful()) {
                delivered.add(message);
            }
            return said;
        } finally {
            toAda.decrementAndGet();
        }
    }

    @Test
    void alertsToOneAddressArriveInTheirOrderAndNeverTwoAtOnceAlsoWhenSomeAreTriedAgain(@LocalServerPort int port) {
        DemoClient demo = new DemoClient(port);
        List<String> messages = IntStream.range(0, ALERTS)
                .mapToObj(i -> "alert %02d".formatted(i))
                .toList();

        List<String> alerts = messages.stream()
                .map(message -> demo.raised(demo.post(PEOPLE, message)))
                .toList();
        List<AlertView> ends = alerts.stream().map(demo::finished).toList();

        assertThat(ends).allSatisfy(end -> assertThat(end.delivered()).isEqualTo(2));
        assertThat(delivered).isEqualTo(messages);
        assertThat(tried).isSorted(); // no alert began before the last try of the one before
        assertThat(mostToAda).hasValue(1);
        assertThat(ends.stream()
                        .mapToInt(end -> end.channels().get("sms").retried())
                        .sum())
                .isEqualTo(tried.size() - ALERTS)
                .isPositive();
    }
}
