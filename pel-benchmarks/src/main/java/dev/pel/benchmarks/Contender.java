package dev.pel.benchmarks;

/**
 * Who is measured beside others.
 *
 * @param name names it in results
 * @param peer which peer
 * @param java the home of the Java that runs it
 * @param classPath the jar of the benchmarks, beside its libraries
 */
record Contender(String name, String peer, String java, String classPath) {
    /** The Java that runs here. */
    static final String JAVA = System.getProperty("java.home");

    /** The build that runs here. */
    static final String CLASS_PATH = System.getProperty("java.class.path");

    /** A peer as it is here. */
    static Contender here(String peer) {
        return new Contender(peer, peer, JAVA, CLASS_PATH);
    }
}
