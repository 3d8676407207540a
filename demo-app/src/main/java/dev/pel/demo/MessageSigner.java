package dev.pel.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pel.LoopFuture;
import dev.pel.spring.Work;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.springframework.stereotype.Component;

/** Signs what is sent, so that the gateway can tell it from what others send. Costs milliseconds of CPU, on purpose. */
@Component
class MessageSigner {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
    private static final int BITS = 256;

    private final DemoProperties.Signature settings;

    MessageSigner(DemoProperties properties) {
        this.settings = properties.signature();
    }

    /** Runs on a work thread: it burns CPU and never waits. */
    @Work(label = "sign")
    public LoopFuture<String> sign(String message, Person person) {
        byte[] signed = (person.address() + '\n' + message).getBytes(UTF_8);
        PBEKeySpec spec = new PBEKeySpec(settings.secret().toCharArray(), signed, settings.iterations(), BITS);
        return LoopFuture.completed(HexFormat.of().formatHex(derive(spec)));
    }

    private static byte[] derive(PBEKeySpec spec) {
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot sign with " + ALGORITHM, e);
        }
    }
}
