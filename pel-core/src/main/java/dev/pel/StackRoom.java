package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Makes a call that has too little stack fail before anything is taken, instead of in the middle: a {@link StackOverflowError} between the
 * place that is taken in a queue and the element that is put there would leave that lane waiting for ever.
 *
 * <p>Each method here overflows unless so much stack is left, and does nothing else. Whatever pel calls first for its user, on
 * whichever thread, begins with {@link #ensureRoom}; from there on pel's own code has the room it needs, so it runs to its end.
 * Others' code that is called in between (listeners, propagators, what hangs on a handle) may take all that is left: that error
 * is caught where pel called it, and there the room is again.
 *
 * <p><b>How.</b> The interpreter makes a frame for all local variables of a method, and checks at its entry that the stack has
 * room for it. Compiled code needs no such frame, but it may have to return to the interpreter at any time, so HotSpot's
 * compilers let it check for the same size: at its own entry, with one instruction for each page, if anything in it can make
 * it return. Hence the variables that nobody uses, sixteen bytes of a frame each and none of them ever written, and the cases that never
 * happen. A recursion would not do: compiled it needs only a fraction of the stack, while what it is to ensure may still be
 * interpreted.
 *
 * <p>A compiled method checks for all that is inlined in it, whether it comes there or not. Were one of these methods inlined in what ends a
 * handle, the end would overflow for want of room that it does not need. So they have so many cases that their code is larger than any
 * that HotSpot inlines by default, which is 325 bytes ({@code FreqInlineSize}).
 *
 * <p><b>How much.</b> Everything interpreted, the most that any of pel's calls needs is between three and five kilobytes. Half compiled
 * it is more, probably because a compiled frame may turn back into those of all methods that are inlined in it: eight were too few. That
 * includes linking at the first call, but not loading classes: hence the constructor. And it is why no counter of pel is a
 * {@code LongAdder}: the first time two threads meet there the JDK loads classes and links them, for more than half of the room.
 */
@SuppressWarnings("UnusedVariable") // that is the point
final class StackRoom {
    /**
     * Classes that may first be needed deep in a stack, by a call or by two calls in a race. A class whose initialization overflows the
     * stack can never be used again.
     *
     * <p>By their names, so that this class depends on none of them.
     */
    static final List<String> NEEDED = List.of(
            "dev.pel.CallState",
            "dev.pel.Call",
            "dev.pel.LoopTimer",
            "dev.pel.JoinedCalls",
            "dev.pel.AdmissionState",
            "dev.pel.Admission",
            "dev.pel.HeldCall",
            "dev.pel.KeyedTimer",
            "dev.pel.HashedKey",
            "dev.pel.KeyQueue",
            "dev.pel.LimitQueue",
            "dev.pel.Pause",
            "dev.pel.Attempts",
            "dev.pel.IdleCall",
            "dev.pel.NobodyWantsIt",
            "dev.pel.PostedTask",
            "dev.pel.WaitingFuture$Relay",
            "dev.pel.Retries",
            "dev.pel.SharedEnds",
            "dev.pel.SharedEnds$Ends",
            "dev.pel.SharedEnds$Entry",
            "dev.pel.HandOver",
            "dev.pel.EndCallback",
            "dev.pel.Link",
            "dev.pel.Link$Start",
            "dev.pel.Link$InRow",
            "dev.pel.Link$ToOrigin",
            "dev.pel.Dependent",
            "dev.pel.Gate",
            "dev.pel.Composed",
            "dev.pel.Link$OpenEnd",
            "dev.pel.WaitingFuture$Outsider",
            "dev.pel.Chain",
            "dev.pel.Causes",
            "dev.pel.OngoingWait",
            "dev.pel.Nesting",
            "dev.pel.CallDetails",
            "dev.pel.ForeignFutures",
            "dev.pel.JoinedBody",
            "dev.pel.MinimalStage",
            "dev.pel.HelpingWait",
            "dev.pel.WaitRefusals",
            "dev.pel.Helping",
            "dev.pel.WaitRing",
            "dev.pel.Completion",
            "dev.pel.FailedFuture",
            "dev.pel.Failures$Told",
            "dev.pel.LateActions$LateAction",
            "dev.pel.JoinedSnapshot",
            "dev.pel.JoinedSnapshot$Opened",
            "dev.pel.RefusalWindow",
            "dev.pel.CommandCall",
            "dev.pel.Deadline",
            "dev.pel.Worker",
            "dev.pel.Shutdown",
            "dev.pel.DrainOfTimers",
            "dev.pel.DrainCheck",
            "dev.pel.SlowDrain",
            "dev.pel.LeftToDo",
            "dev.pel.StuckThreads",
            "dev.pel.ReportCopies",
            "dev.pel.ReportFuture",
            "dev.pel.CompletionThread",
            "dev.pel.CompletionThread$Look",
            "dev.pel.CallRejectedException",
            "dev.pel.CallStoppedException",
            "dev.pel.CallTimeoutException",
            "java.util.concurrent.ThreadLocalRandom"); // by the JDK's maps

    /** Always 0, but no compiler knows. */
    private int never;

    StackRoom() {
        for (String needed : NEEDED) {
            try {
                Class.forName(needed);
            } catch (ClassNotFoundException e) {
                // in a native image, which loads no classes: there is none to lose
                assert System.getProperty("org.graalvm.nativeimage.imagecode") != null : needed;
            }
        }
        linkCounters();
        linkMessages();
    }

    /**
     * The first message of a loop may be made when no memory is left. A class whose initialization runs out of memory cannot be used again,
     * and then no timeout would have a message, and no end.
     */
    private static void linkMessages() {
        Throwable first = new CallTimeoutException(Duration.ofMillis(1_500), "call %d of %.1f".formatted(1, 1.0));
        Objects.requireNonNull(first.getStackTrace());
    }

    /** All lanes count with these methods, some in the middle of an end; from Java 25 on linking takes half of the room. */
    private static void linkCounters() {
        PaddedLong counter = new PaddedLong();
        counter.getAndIncrement();
        counter.compareAndSet(1, 2);
        counter.setRelease(3);
    }

    /** Overflows unless twelve kilobytes of stack are left. */
    // spotless:off one line is half a kilobyte
    void ensureRoom() {
        switch (never) {
            case 0 -> {}
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100 -> throw new IllegalStateException();
        }
        long aA, aB, aC, aD, aE, aF, aG, aH, aI, aJ, aK, aL, aM, aN, aO, aP, aQ, aR, aS, aT, aU, aV, aW, aX, aY, aZ, a0, a1, a2, a3, a4, a5;
        long bA, bB, bC, bD, bE, bF, bG, bH, bI, bJ, bK, bL, bM, bN, bO, bP, bQ, bR, bS, bT, bU, bV, bW, bX, bY, bZ, b0, b1, b2, b3, b4, b5;
        long cA, cB, cC, cD, cE, cF, cG, cH, cI, cJ, cK, cL, cM, cN, cO, cP, cQ, cR, cS, cT, cU, cV, cW, cX, cY, cZ, c0, c1, c2, c3, c4, c5;
        long dA, dB, dC, dD, dE, dF, dG, dH, dI, dJ, dK, dL, dM, dN, dO, dP, dQ, dR, dS, dT, dU, dV, dW, dX, dY, dZ, d0, d1, d2, d3, d4, d5;
        long eA, eB, eC, eD, eE, eF, eG, eH, eI, eJ, eK, eL, eM, eN, eO, eP, eQ, eR, eS, eT, eU, eV, eW, eX, eY, eZ, e0, e1, e2, e3, e4, e5;
        long fA, fB, fC, fD, fE, fF, fG, fH, fI, fJ, fK, fL, fM, fN, fO, fP, fQ, fR, fS, fT, fU, fV, fW, fX, fY, fZ, f0, f1, f2, f3, f4, f5;
        long gA, gB, gC, gD, gE, gF, gG, gH, gI, gJ, gK, gL, gM, gN, gO, gP, gQ, gR, gS, gT, gU, gV, gW, gX, gY, gZ, g0, g1, g2, g3, g4, g5;
        long hA, hB, hC, hD, hE, hF, hG, hH, hI, hJ, hK, hL, hM, hN, hO, hP, hQ, hR, hS, hT, hU, hV, hW, hX, hY, hZ, h0, h1, h2, h3, h4, h5;
        long iA, iB, iC, iD, iE, iF, iG, iH, iI, iJ, iK, iL, iM, iN, iO, iP, iQ, iR, iS, iT, iU, iV, iW, iX, iY, iZ, i0, i1, i2, i3, i4, i5;
        long jA, jB, jC, jD, jE, jF, jG, jH, jI, jJ, jK, jL, jM, jN, jO, jP, jQ, jR, jS, jT, jU, jV, jW, jX, jY, jZ, j0, j1, j2, j3, j4, j5;
        long kA, kB, kC, kD, kE, kF, kG, kH, kI, kJ, kK, kL, kM, kN, kO, kP, kQ, kR, kS, kT, kU, kV, kW, kX, kY, kZ, k0, k1, k2, k3, k4, k5;
        long lA, lB, lC, lD, lE, lF, lG, lH, lI, lJ, lK, lL, lM, lN, lO, lP, lQ, lR, lS, lT, lU, lV, lW, lX, lY, lZ, l0, l1, l2, l3, l4, l5;
        long mA, mB, mC, mD, mE, mF, mG, mH, mI, mJ, mK, mL, mM, mN, mO, mP, mQ, mR, mS, mT, mU, mV, mW, mX, mY, mZ, m0, m1, m2, m3, m4, m5;
        long nA, nB, nC, nD, nE, nF, nG, nH, nI, nJ, nK, nL, nM, nN, nO, nP, nQ, nR, nS, nT, nU, nV, nW, nX, nY, nZ, n0, n1, n2, n3, n4, n5;
        long oA, oB, oC, oD, oE, oF, oG, oH, oI, oJ, oK, oL, oM, oN, oO, oP, oQ, oR, oS, oT, oU, oV, oW, oX, oY, oZ, o0, o1, o2, o3, o4, o5;
        long pA, pB, pC, pD, pE, pF, pG, pH, pI, pJ, pK, pL, pM, pN, pO, pP, pQ, pR, pS, pT, pU, pV, pW, pX, pY, pZ, p0, p1, p2, p3, p4, p5;
        long qA, qB, qC, qD, qE, qF, qG, qH, qI, qJ, qK, qL, qM, qN, qO, qP, qQ, qR, qS, qT, qU, qV, qW, qX, qY, qZ, q0, q1, q2, q3, q4, q5;
        long rA, rB, rC, rD, rE, rF, rG, rH, rI, rJ, rK, rL, rM, rN, rO, rP, rQ, rR, rS, rT, rU, rV, rW, rX, rY, rZ, r0, r1, r2, r3, r4, r5;
        long sA, sB, sC, sD, sE, sF, sG, sH, sI, sJ, sK, sL, sM, sN, sO, sP, sQ, sR, sS, sT, sU, sV, sW, sX, sY, sZ, s0, s1, s2, s3, s4, s5;
        long tA, tB, tC, tD, tE, tF, tG, tH, tI, tJ, tK, tL, tM, tN, tO, tP, tQ, tR, tS, tT, tU, tV, tW, tX, tY, tZ, t0, t1, t2, t3, t4, t5;
        long uA, uB, uC, uD, uE, uF, uG, uH, uI, uJ, uK, uL, uM, uN, uO, uP, uQ, uR, uS, uT, uU, uV, uW, uX, uY, uZ, u0, u1, u2, u3, u4, u5;
        long vA, vB, vC, vD, vE, vF, vG, vH, vI, vJ, vK, vL, vM, vN, vO, vP, vQ, vR, vS, vT, vU, vV, vW, vX, vY, vZ, v0, v1, v2, v3, v4, v5;
        long wA, wB, wC, wD, wE, wF, wG, wH, wI, wJ, wK, wL, wM, wN, wO, wP, wQ, wR, wS, wT, wU, wV, wW, wX, wY, wZ, w0, w1, w2, w3, w4, w5;
        long xA, xB, xC, xD, xE, xF, xG, xH, xI, xJ, xK, xL, xM, xN, xO, xP, xQ, xR, xS, xT, xU, xV, xW, xX, xY, xZ, x0, x1, x2, x3, x4, x5;
    }
    // spotless:on

    /** Overflows unless four kilobytes are left: for what may come up inside of something that has ensured all the room. */
    // spotless:off
    void ensureSomeRoom() {
        switch (never) {
            case 0 -> {}
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100 -> throw new IllegalStateException();
        }
        long aA, aB, aC, aD, aE, aF, aG, aH, aI, aJ, aK, aL, aM, aN, aO, aP, aQ, aR, aS, aT, aU, aV, aW, aX, aY, aZ, a0, a1, a2, a3, a4, a5;
        long bA, bB, bC, bD, bE, bF, bG, bH, bI, bJ, bK, bL, bM, bN, bO, bP, bQ, bR, bS, bT, bU, bV, bW, bX, bY, bZ, b0, b1, b2, b3, b4, b5;
        long cA, cB, cC, cD, cE, cF, cG, cH, cI, cJ, cK, cL, cM, cN, cO, cP, cQ, cR, cS, cT, cU, cV, cW, cX, cY, cZ, c0, c1, c2, c3, c4, c5;
        long dA, dB, dC, dD, dE, dF, dG, dH, dI, dJ, dK, dL, dM, dN, dO, dP, dQ, dR, dS, dT, dU, dV, dW, dX, dY, dZ, d0, d1, d2, d3, d4, d5;
        long eA, eB, eC, eD, eE, eF, eG, eH, eI, eJ, eK, eL, eM, eN, eO, eP, eQ, eR, eS, eT, eU, eV, eW, eX, eY, eZ, e0, e1, e2, e3, e4, e5;
        long fA, fB, fC, fD, fE, fF, fG, fH, fI, fJ, fK, fL, fM, fN, fO, fP, fQ, fR, fS, fT, fU, fV, fW, fX, fY, fZ, f0, f1, f2, f3, f4, f5;
        long gA, gB, gC, gD, gE, gF, gG, gH, gI, gJ, gK, gL, gM, gN, gO, gP, gQ, gR, gS, gT, gU, gV, gW, gX, gY, gZ, g0, g1, g2, g3, g4, g5;
        long hA, hB, hC, hD, hE, hF, hG, hH, hI, hJ, hK, hL, hM, hN, hO, hP, hQ, hR, hS, hT, hU, hV, hW, hX, hY, hZ, h0, h1, h2, h3, h4, h5;
    }
    // spotless:on
}
