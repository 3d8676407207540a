package dev.pel.spring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows, through the code of one method, which slots of the operand stack hold the bean itself. So a call on {@code this} can be
 * told from the same call on another object of the class, such as a proxy that the bean has injected into itself.
 *
 * <p>A value that has been in a local variable counts as another object: too few findings, never a wrong one.
 */
abstract class ThisStack extends MethodVisitor {
    /** What instructions without operands take from the stack and put onto it, in slots, from NOP to MONITOREXIT. */
    private static final String[] EFFECTS = effects();

    private final boolean thisIsBean;
    private final String outerType;
    private final Map<Label, List<Boolean>> atLabel = new HashMap<>();
    private List<Boolean> stack = new ArrayList<>();
    private boolean reachable = true;

    /**
     * For one method.
     *
     * @param thisIsBean whether the first local variable is the bean
     * @param outerType descriptor of the bean's type: a field of it that javac made for an inner class is the bean, too
     */
    ThisStack(boolean thisIsBean, String outerType) {
        super(SpringAsmInfo.ASM_VERSION);
        this.thisIsBean = thisIsBean;
        this.outerType = outerType;
    }

    /** A method is called on the bean, or made a function of it. */
    abstract void calledOnThis(int opcode, String owner, String name, String descriptor);

    private static String[] effects() {
        String[] effects = new String[Opcodes.MONITOREXIT + 1];
        Arrays.fill(effects, "00");
        fill(effects, Opcodes.ACONST_NULL, Opcodes.FCONST_2, "01");
        fill(effects, Opcodes.LCONST_0, Opcodes.LCONST_1, "02");
        fill(effects, Opcodes.DCONST_0, Opcodes.DCONST_1, "02");
        fill(effects, Opcodes.IALOAD, Opcodes.SALOAD, "21");
        effects[Opcodes.LALOAD] = "22";
        effects[Opcodes.DALOAD] = "22";
        fill(effects, Opcodes.IASTORE, Opcodes.SASTORE, "30");
        effects[Opcodes.LASTORE] = "40";
        effects[Opcodes.DASTORE] = "40";
        effects[Opcodes.POP] = "10";
        effects[Opcodes.POP2] = "20";
        for (int opcode = Opcodes.IADD; opcode <= Opcodes.DREM; opcode++) {
            effects[opcode] = isWide(opcode) ? "42" : "21";
        }
        for (int opcode = Opcodes.INEG; opcode <= Opcodes.DNEG; opcode++) {
            effects[opcode] = isWide(opcode) ? "22" : "11";
        }
        for (int opcode = Opcodes.ISHL; opcode <= Opcodes.LUSHR; opcode++) {
            effects[opcode] = opcode % 2 == 0 ? "21" : "32";
        }
        for (int opcode = Opcodes.IAND; opcode <= Opcodes.LXOR; opcode++) {
            effects[opcode] = opcode % 2 == 0 ? "21" : "42";
        }
        String[] conversions = {"12", "11", "12", "21", "21", "22", "11", "12", "12", "21", "22", "21", "11", "11", "11"
        };
        System.arraycopy(conversions, 0, effects, Opcodes.I2L, conversions.length);
        effects[Opcodes.LCMP] = "41";
        fill(effects, Opcodes.FCMPL, Opcodes.FCMPG, "21");
        fill(effects, Opcodes.DCMPL, Opcodes.DCMPG, "41");
        effects[Opcodes.ARRAYLENGTH] = "11";
        fill(effects, Opcodes.MONITORENTER, Opcodes.MONITOREXIT, "10");
        return effects;
    }

    private static void fill(String[] effects, int first, int last, String effect) {
        Arrays.fill(effects, first, last + 1, effect);
    }

    /** The arithmetic instructions come in fours: int, long, float, double. */
    private static boolean isWide(int opcode) {
        return (opcode - Opcodes.IADD) % 2 == 1;
    }

    // ------------------------------------------------------------------ the stack

    private void push(int slots) {
        for (int i = 0; i < slots; i++) {
            stack.add(false);
        }
    }

    /** Takes slots off, and tells whether the lowest of them was the bean. */
    private boolean pop(int slots) {
        boolean last = false;
        for (int i = 0; i < slots; i++) {
            last = !stack.isEmpty() && stack.remove(stack.size() - 1);
        }
        return last;
    }

    /** Copies the topmost slots to below themselves and some more. */
    private void copy(int slots, int below) {
        int size = stack.size();
        if (size < slots + below) {
            push(slots);
            return;
        }
        stack.addAll(size - slots - below, List.copyOf(stack.subList(size - slots, size)));
    }

    private void jumpsTo(Label label) {
        if (reachable) {
            atLabel.merge(label, new ArrayList<>(stack), ThisStack::both);
        }
    }

    /** Where two ways meet, a slot is the bean if it is on both. */
    private static List<Boolean> both(List<Boolean> one, List<Boolean> other) {
        List<Boolean> merged = new ArrayList<>();
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            merged.add(one.get(i) && other.get(i));
        }
        return merged;
    }

    private void endOfWay() {
        reachable = false;
        stack = new ArrayList<>();
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        atLabel.put(handler, new ArrayList<>(List.of(false)));
    }

    @Override
    public void visitLabel(Label label) {
        List<Boolean> known = atLabel.get(label);
        if (known != null) {
            stack = reachable ? both(stack, known) : new ArrayList<>(known);
        }
        reachable = true;
    }

    // ------------------------------------------------------------------ instructions

    @Override
    public void visitInsn(int opcode) {
        switch (opcode) {
            case Opcodes.DUP -> copy(1, 0);
            case Opcodes.DUP_X1 -> copy(1, 1);
            case Opcodes.DUP_X2 -> copy(1, 2);
            case Opcodes.DUP2 -> copy(2, 0);
            case Opcodes.DUP2_X1 -> copy(2, 1);
            case Opcodes.DUP2_X2 -> copy(2, 2);
            case Opcodes.SWAP -> {
                copy(1, 1);
                pop(1);
            }
            case Opcodes.IRETURN,
                    Opcodes.LRETURN,
                    Opcodes.FRETURN,
                    Opcodes.DRETURN,
                    Opcodes.ARETURN,
                    Opcodes.RETURN,
                    Opcodes.ATHROW -> endOfWay();
            default -> {
                pop(EFFECTS[opcode].charAt(0) - '0');
                push(EFFECTS[opcode].charAt(1) - '0');
            }
        }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        if (opcode == Opcodes.NEWARRAY) {
            pop(1);
        }
        push(1);
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        switch (opcode) {
            case Opcodes.ALOAD -> stack.add(thisIsBean && variable == 0);
            case Opcodes.ILOAD, Opcodes.FLOAD -> push(1);
            case Opcodes.LLOAD, Opcodes.DLOAD -> push(2);
            case Opcodes.LSTORE, Opcodes.DSTORE -> pop(2);
            default -> pop(1);
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        if (opcode == Opcodes.CHECKCAST) {
            return;
        }
        if (opcode != Opcodes.NEW) {
            pop(1);
        }
        push(1);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        int size = Type.getType(descriptor).getSize();
        switch (opcode) {
            case Opcodes.GETSTATIC -> push(size);
            case Opcodes.PUTSTATIC -> pop(size);
            case Opcodes.PUTFIELD -> pop(size + 1);
            default -> {
                pop(1);
                if (name.startsWith("this$") && descriptor.equals(outerType)) {
                    stack.add(true);
                } else {
                    push(size);
                }
            }
        }
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        boolean onThis = pop(opcode == Opcodes.INVOKESTATIC ? (sizes >> 2) - 1 : sizes >> 2);
        if (onThis && opcode != Opcodes.INVOKESTATIC) {
            calledOnThis(opcode, owner, name, descriptor);
        }
        push(sizes & 3);
    }

    /** A function made of a method, {@code this::load}: the object it is called on goes in first. */
    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        boolean onThis = pop((sizes >> 2) - 1);
        if (onThis && arguments.length > 1 && arguments[1] instanceof Handle handle) {
            int opcode = handle.getTag() == Opcodes.H_INVOKESPECIAL ? Opcodes.INVOKESPECIAL : Opcodes.INVOKEVIRTUAL;
            calledOnThis(opcode, handle.getOwner(), handle.getName(), handle.getDesc());
        }
        push(sizes & 3);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        switch (opcode) {
            case Opcodes.GOTO -> {
                jumpsTo(label);
                endOfWay();
                return;
            }
            case Opcodes.IF_ICMPEQ,
                    Opcodes.IF_ICMPNE,
                    Opcodes.IF_ICMPLT,
                    Opcodes.IF_ICMPGE,
                    Opcodes.IF_ICMPGT,
                    Opcodes.IF_ICMPLE,
                    Opcodes.IF_ACMPEQ,
                    Opcodes.IF_ACMPNE -> pop(2);
            default -> pop(1);
        }
        jumpsTo(label);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label fallback, Label... labels) {
        jumpsToAll(fallback, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label fallback, int[] keys, Label[] labels) {
        jumpsToAll(fallback, labels);
    }

    private void jumpsToAll(Label fallback, Label... labels) {
        pop(1);
        jumpsTo(fallback);
        for (Label label : labels) {
            jumpsTo(label);
        }
        endOfWay();
    }

    @Override
    public void visitLdcInsn(Object value) {
        boolean wide = value instanceof Long
                || value instanceof Double
                || (value instanceof ConstantDynamic constant && constant.getSize() == 2);
        push(wide ? 2 : 1);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        pop(dimensions);
        push(1);
    }
}
