package dev.pel.demo;

import dev.pel.LoopFuture;
import dev.pel.Priority;
import dev.pel.spring.Next;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Hands notices to the gateway. A plain blocking client: nothing here was rewritten to be evented. */
@Component
class GatewayClient {
    private final RestClient client;
    private final Environment environment;

    GatewayClient(RestClient.Builder builder, Environment environment) {
        this.client = builder.build();
        this.environment = environment;
    }

    /**
     * Runs on a passive thread: it waits for the gateway, and is interrupted when that takes too long. Notices to one address go in turn, a
     * further try of one before the first of the next; and all together not faster than the gateway allows. Other
     * calls that need a passive thread, such as those that send to the page, go first, because hundreds of deliveries may wait.
     */
    @Next(
            label = "deliver",
            key = "#person.address",
            limit = "gateway",
            retry = "gatewayRetry",
            priority = Priority.LOW,
            timeout = "${demo.delivery.timeout}")
    public LoopFuture<HttpStatusCode> deliver(Person person, String message, String signature) {
        ResponseEntity<Void> answer = client.post()
                .uri(
                        "http://127.0.0.1:{port}/gateway/{channel}",
                        ownPort(),
                        person.channel().key())
                .header(SlowGateway.SIGNATURE, signature)
                .body(new Notice(person.address(), message))
                .retrieve()
                .toBodilessEntity();
        return LoopFuture.completed(answer.getStatusCode());
    }

    /** The demo is its own gateway; the port may be a free one that is known only once the server runs. */
    private String ownPort() {
        return environment.getRequiredProperty("local.server.port");
    }
}
