package dev.pel.spring;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which slots of the operand stack, and which local variables, may hold the bean itself at one place of a method.
 *
 * <p>Not thread-safe; it belongs to the one that reads the method.
 */
final class ThisFrame {
    private final List<Boolean> stack;
    private final BitSet variables;

    private ThisFrame(List<Boolean> stack, BitSet variables) {
        this.stack = stack;
        this.variables = variables;
    }

    /** At the begin of a method. */
    static ThisFrame of(BitSet variables) {
        return new ThisFrame(new ArrayList<>(), (BitSet) variables.clone());
    }

    ThisFrame copy() {
        return new ThisFrame(new ArrayList<>(stack), (BitSet) variables.clone());
    }

    /** At the begin of a handler, where the exception is all that is on the stack. */
    ThisFrame inHandler() {
        return new ThisFrame(new ArrayList<>(List.of(false)), (BitSet) variables.clone());
    }

    /** Where two ways meet, a slot may be the bean if it is on one of them. */
    ThisFrame or(ThisFrame other) {
        List<Boolean> merged = new ArrayList<>();
        for (int i = 0; i < Math.min(stack.size(), other.stack.size()); i++) {
            merged.add(stack.get(i) || other.stack.get(i));
        }
        BitSet either = (BitSet) variables.clone();
        either.or(other.variables);
        return new ThisFrame(merged, either);
    }

    void push(boolean isBean) {
        stack.add(isBean);
    }

    /** Puts values that are not the bean on top. */
    void pushOthers(int slots) {
        for (int i = 0; i < slots; i++) {
            stack.add(false);
        }
    }

    /** Takes slots off, and tells which of them were the bean, the lowest being the first. */
    BitSet pop(int slots) {
        BitSet beans = new BitSet(slots);
        for (int i = slots - 1; i >= 0; i--) {
            beans.set(i, !stack.isEmpty() && stack.remove(stack.size() - 1));
        }
        return beans;
    }

    /** Copies the topmost slots to below themselves and some more. */
    void duplicate(int slots, int below) {
        int size = stack.size();
        if (size < slots + below) {
            pushOthers(slots);
            return;
        }
        stack.addAll(size - slots - below, List.copyOf(stack.subList(size - slots, size)));
    }

    void load(int variable) {
        stack.add(variables.get(variable));
    }

    void store(int variable, int slots) {
        variables.set(variable, pop(slots).get(0));
    }
}
