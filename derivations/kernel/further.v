(* For some scripts below: signs of exponentials less one, of logarithms of quotients, and of what is not 0. *)

Lemma exp_at_least_one a : 0 <= a -> 0 <= exp a - 1.
Proof. intros H; assert (E := exp_above a); lra. Qed.

Lemma exp_at_most_one a : a <= 0 -> 0 <= 1 - exp a.
Proof.
  intros H; destruct (Req_dec a 0) as [-> | N]; [rewrite exp_0; lra |].
  assert (exp a < exp 0) by (apply exp_increasing; lra); rewrite exp_0 in *; lra.
Qed.

Lemma ln_at_least_zero a : 1 <= a -> 0 <= ln a.
Proof.
  intros H; destruct (Req_dec a 1) as [-> | N]; [rewrite ln_1; lra |].
  rewrite <- ln_1; apply Rlt_le, ln_increasing; lra.
Qed.

Lemma quotient_at_least_one a b : 0 < b -> b <= a -> 1 <= a / b.
Proof. intros H L; apply (Rmult_le_reg_r b); [exact H |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. Qed.

Lemma product_at_most_zero a b : 0 <= - a -> 0 <= b -> a * b <= 0.
Proof. intros; nra. Qed.

Lemma square_positive a : a <> 0 -> 0 < a ^ 2.
Proof. intros H; rewrite <- Rsqr_pow2; now apply Rsqr_pos_lt. Qed.

Ltac further :=
  first [
    assumption | solve [lra] |
    lazymatch goal with
    | |- 0 <= exp _ - 1 => apply exp_at_least_one; further
    | |- 0 <= 1 - exp _ => apply exp_at_most_one; further
    | |- 0 <= ln _ => apply ln_at_least_zero; further
    | |- 1 <= _ / _ => apply quotient_at_least_one; further
    | |- _ * _ <= 0 => apply product_at_most_zero; further
    | |- 0 < _ ^ 2 => first [solve [signs] | apply square_positive; lra]
    | |- 0 <= _ * _ => apply Rmult_le_pos; further
    | |- 0 <= _ / _ => apply Rmult_le_pos; [further | apply Rlt_le, Rinv_0_lt_compat; further]
    | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; further
    | |- 0 < _ * _ => apply Rmult_lt_0_compat; further
    | |- 0 < _ / _ => apply Rdiv_lt_0_compat; further
    end |
    solve [signs]].
