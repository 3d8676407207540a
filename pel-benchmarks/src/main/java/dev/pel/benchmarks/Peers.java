package dev.pel.benchmarks;

import dev.pel.ThreadKind;
import java.util.List;

/** Peers by name. */
final class Peers {
    static final String PEL = "pel";
    static final String PEL_CORE = "pelCore";
    static final String PEL_BARE = "pelBare";
    static final String PEL_METERS = "pelMeters";
    static final String PEL_CONTEXT = "pelContext";
    static final String PEL_VIRTUAL = "pelVirtual";
    static final String PEL_READING = "pelReading";
    static final String NEXT_METHOD = "nextMethod";
    static final String VIRTUAL = "virtual";
    private static final int JAVA_OF_VIRTUAL_THREADS = 21;

    private Peers() {}

    /**
     * Makes a peer.
     *
     * @param name its name, or, for a peer of a test, the name of a class with a constructor that takes a {@link Load}
     * @param load what the scenario asks of it
     * @return the peer, started
     */
    static Peer open(String name, Load load) {
        return switch (name) {
            case PEL -> PelPeer.shipped(load, ThreadKind.PLATFORM);
            case PEL_VIRTUAL -> PelPeer.shipped(load, ThreadKind.VIRTUAL);
            case PEL_CORE -> PelPeer.core(load);
            case PEL_BARE -> PelPeer.bare(load);
            case PEL_METERS -> PelPeer.meters(load);
            case PEL_CONTEXT -> PelPeer.context(load);
            case "jdk" -> JdkPeer.onePool(load);
            case "jdkTwoPools" -> JdkPeer.twoPools(load);
            case "jdkLean" -> new LeanJdkPeer(load);
            case "spring" -> new SpringPeer(load);
            case "vertx" -> new VertxPeer(load);
            case "reactor" -> new ReactorPeer(load);
            case VIRTUAL -> new VirtualPeer(load);
            case "queue" -> new QueuePeer(load);
            case "handOffs" -> new HandOffPeer();
            case NEXT_METHOD -> new NextMethodPeer(load);
            case "asyncMethod" -> new AsyncMethodPeer();
            default -> ofTest(name, load);
        };
    }

    /** Whether the Java of this process can run a peer. */
    static boolean runsHere(String name) {
        return Runtime.version().feature() >= JAVA_OF_VIRTUAL_THREADS
                || !List.of(VIRTUAL, PEL_VIRTUAL).contains(name);
    }

    /** Whether a peer is pel as users have it, and is compared with another build. */
    static boolean isPel(String name) {
        return List.of(PEL, PEL_CORE, PEL_BARE, PEL_VIRTUAL, PEL_READING, NEXT_METHOD)
                .contains(name);
    }

    private static Peer ofTest(String name, Load load) {
        try {
            return Class.forName(name)
                    .asSubclass(Peer.class)
                    .getDeclaredConstructor(Load.class)
                    .newInstance(load);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("There is no peer '%s'".formatted(name), e);
        }
    }
}
