package dev.pel.spring.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A client of HTTP/1.1 that asks for something and does not wait for the answer. */
final class LeavingClient {
    private final Socket socket;

    LeavingClient(int port, String path) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .formatted(path)
                        .getBytes(US_ASCII));
    }

    /** Leaves as a process that dies does. */
    void leave() throws IOException {
        socket.close();
    }
}
